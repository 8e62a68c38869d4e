#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/completion_script.hpp"
#include "tools/chancery/reading.hpp"

/// completion: what a shell needs to complete chancery's commands, options and names.
namespace chancery::cli {

void add_completion(CLI::App& app, Context& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = add_command(app, context, "completion", "A script that makes bash or zsh complete this program's commands and names",
                                  "  source <(chancery completion bash)\n"
                                  "  chancery completion zsh > ~/.zfunc/_chancery", [&app, &context, shell] {
                                    return run_command(context, [&]() -> Result<int> {
                                      context.out() << (*shell == "zsh" ? zsh_completion(app) : bash_completion(app));
                                      return done;
                                    });
                                  });
  command->add_option("SHELL", *shell, "bash or zsh")->required()->check(one_of({"bash", "zsh"}));
}

}  // namespace chancery::cli
