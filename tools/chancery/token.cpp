#include <fmt/format.h>

#include "tools/chancery/ask.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/server/tokens.hpp"

/// token: who may speak to the server.
namespace chancery::cli {
namespace {

struct TokenOptions {
  std::string name, role = "reader";
};

Result<void> check_folder(const Context& context) {
  std::error_code error;
  if (std::filesystem::is_directory(context.options.ledger, error)) return {};
  return failure(ErrorKind::not_found, "ledger", chancery::quoted(context.options.ledger) + ", which is no folder", "a ledger; chancery init makes one");
}

Result<int> add(Context& context, const TokenOptions& options) {
  if (auto there = check_folder(context); !there) return Failure(there.error());
  const Result<server::Role> role = server::parse_role(options.role);
  if (!role) return Failure(role.error());
  const std::string token = server::fresh_token();
  const auto added = server::Tokens(context.options.ledger).add({options.name, *role, server::sha256_hex(token), format_instant(now())});
  if (!added) return Failure(added.error());
  context.err() << fmt::format("a token for {}, {}; it is shown this once and kept nowhere\n", options.name, options.role);
  if (context.format_given()) {
    print_object(context, fmt::format("\"name\":{},\"role\":\"{}\",\"token\":\"{}\"", json_text(options.name), options.role, token));
  } else {
    context.out() << token << '\n';
  }
  return done;
}

Result<int> list(Context& context) {
  if (auto there = check_folder(context); !there) return Failure(there.error());
  const auto tokens = server::Tokens(context.options.ledger).list();
  if (!tokens) return Failure(tokens.error());
  PrinterOptions options;
  options.format = context.format();
  options.screen = context.screen();
  options.rows_name = "tokens";
  options.columns_of_none = {"name", "role", "created_at"};
  const auto printer = make_row_printer(options, context.out(), context.err());
  for (const server::Token& token : *tokens) {
    printer->row(json_object({{"name", json_text(token.name)}, {"role", json_text(server::role_name(token.role))}, {"created_at", json_text(token.created_at)}}));
  }
  printer->finish();
  return done;
}

Result<int> revoke(Context& context, const TokenOptions& options) {
  if (auto there = check_folder(context); !there) return Failure(there.error());
  if (auto revoked = server::Tokens(context.options.ledger).revoke(options.name); !revoked) return Failure(revoked.error());
  context.err() << fmt::format("the token of {} is revoked; a server that runs takes it no more\n", options.name);
  return done;
}

}  // namespace

void add_token(CLI::App& app, Context& context) {
  auto options = std::make_shared<TokenOptions>();
  CLI::App* command = app.add_subcommand("token", "Makes, lists and revokes the tokens with which others speak to the server");
  command->require_subcommand(1);
  command->fallthrough();
  command->footer(
      "Examples:\n  chancery token add newsroom --role reader     # reads what is public\n"
      "  chancery token add desk-2 --role recorder     # reads all, and records\n"
      "  chancery token list\n"
      "  chancery token revoke newsroom\n\n"
      "Roles: reader (public), partner (up to partner), recorder (all, and records), admin (also how the server works). The ledger's folder\n"
      "keeps names, roles and SHA-256 hashes only.");
  const auto part = [&](const std::string& name, const std::string& description, std::function<Result<int>()> run) {
    CLI::App* one = command->add_subcommand(name, description);
    one->fallthrough();
    one->callback([&context, run] {
      context.command = "chancery token";
      context.chosen = [&context, run] { return run_command(context, run); };
    });
    return one;
  };
  CLI::App* adding = part("add", "Makes a token and prints it", [&context, options] { return add(context, *options); });
  adding->add_option("NAME", options->name, "Whose it is; events that it records are recorded_by that name")->required();
  adding->add_option("--role", options->role, "reader, partner, recorder or admin (default: reader)")->type_name("ROLE");
  part("list", "Whose tokens there are", [&context] { return list(context); });
  CLI::App* revoking = part("revoke", "Takes a token back", [&context, options] { return revoke(context, *options); });
  revoking->add_option("NAME", options->name, "Whose it is")->required();
}

}  // namespace chancery::cli
