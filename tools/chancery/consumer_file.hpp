#pragma once

#include <filesystem>
#include <string>

#include "core/names.hpp"
#include "core/result.hpp"

namespace chancery::cli {

/// Where a consumer was: `consumers/NAME` in the ledger's folder, a position in 20 digits and a line end. One process at a time follows
/// as that consumer.
class ConsumerFile {
 public:
  /// Makes the file where there is none: then `fresh` and at position 0. Fails with: refused (the name), in_use, corrupt, disk.
  static Result<ConsumerFile> open(const std::filesystem::path& ledger, const std::string& name);
  ConsumerFile(ConsumerFile&& other) noexcept;
  ConsumerFile& operator=(ConsumerFile&&) = delete;
  ~ConsumerFile();

  bool fresh() const { return fresh_; }
  Position position() const { return position_; }
  /// On disk when it returns. Fails with: disk.
  Result<void> save(Position position);

 private:
  ConsumerFile(int file, std::string path) : file_(file), path_(std::move(path)) {}
  Result<void> load();
  Failure broken(const char* what) const;

  int file_;
  std::string path_;
  Position position_ = 0;
  bool fresh_ = true;
};

}  // namespace chancery::cli
