#include "tools/chancery/completion_script.hpp"

#include <fmt/format.h>

#include "core/json/schema.hpp"
#include "projections/view.hpp"
#include "tools/chancery/reading.hpp"

namespace chancery::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option*) { return true; });
}

/// In single quotes for a shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// The words of each kind of value.
std::string value_cases() {
  std::vector<std::string_view> views, types;
  for (const View* view : all_views()) views.push_back(view->name());
  for (const TypeDoc& doc : type_docs()) types.push_back(doc.type);
  std::string out;
  const auto add = [&](std::string_view kind, const std::string& words) { out += fmt::format("    {}) echo '{}' ;;\n", kind, words); };
  add("FORMAT", "table json ndjson csv md");
  add("LEVEL", "public partner restricted");
  add("ORDER", "recorded occurred");
  add("SHELL", "bash zsh");
  add("VIEW", fmt::format("{}", fmt::join(views, " ")));
  add("TYPE", fmt::format("{}", fmt::join(types, " ")));
  return out;
}

/// The name of an option's type, without what a check adds to it.
std::string kind_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

/// A line for each option of a command that takes a value: of which kind.
std::string kind_cases(const CLI::App& command, std::string_view name) {
  std::string out;
  for (const CLI::Option* option : options_of(command)) {
    if (option->get_positional() || option->get_items_expected_max() == 0) continue;
    for (const std::string& long_name : option->get_lnames()) {
      out += fmt::format("    {}--{}) echo {} ;;\n", name == "*" ? "*' '" : shell_quoted(fmt::format("{} ", name)), long_name,
                         shell_quoted(kind_of(*option)));
    }
  }
  return out;
}

/// A line for each argument of a command; the last may come again where it is a list.
std::string argument_cases(const CLI::App& command) {
  std::string out;
  std::size_t place = 0;
  for (const CLI::Option* option : options_of(command)) {
    if (!option->get_positional()) continue;
    const bool list = option->get_items_expected_max() > 1;
    const std::string which = list ? "*" : std::to_string(place);
    out += fmt::format("    {}' '{}) echo {} ;;\n", command.get_name(), which, shell_quoted(option->get_name(true)));
    ++place;
  }
  return out;
}

std::string option_names(const CLI::App& command) {
  std::string out;
  for (const CLI::Option* option : options_of(command)) {
    for (const std::string& name : option->get_lnames()) out += " --" + name;
  }
  return out.empty() ? out : out.substr(1);
}

/// Functions that both shells understand: all that is known of the program.
std::string knowledge(const CLI::App& app) {
  std::string kinds, arguments, options;
  for (const CLI::App* command : commands_of(app)) {
    kinds += kind_cases(*command, command->get_name());
    arguments += argument_cases(*command);
    options += fmt::format("    {}) echo '{}' ;;\n", command->get_name(), option_names(*command));
  }
  kinds += kind_cases(app, "*");
  return fmt::format(R"(# _chancery_values KIND: the words of that kind.
_chancery_values() {{
  case $1 in
{}  esac
}}

# _chancery_option COMMAND OPTION: the kind of value that it takes, nothing if it takes none.
_chancery_option() {{
  case "$1 $2" in
{}  esac
}}

# _chancery_argument COMMAND N: the kind of its argument N, counted from 0.
_chancery_argument() {{
  case "$1 $2" in
{}  esac
}}

# _chancery_options COMMAND: its options and those of every command.
_chancery_options() {{
  echo '{}'
  case $1 in
{}  esac
}}
)",
                     value_cases(), kinds, arguments, option_names(app), options);
}

constexpr std::string_view bash_function = R"sh(
_chancery() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' kind='' place=0 i word
  # The shell takes the = of --format=csv for a word.
  if [ "$cur" = '=' ]; then
    cur=''
  elif [ "$prev" = '=' ]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [ "$word" = '=' ]; then
      continue
    elif [ "${word#-}" != "$word" ]; then
      if [ -n "$(_chancery_option "$command" "$word")" ]; then
        [ "${COMP_WORDS[i+1]}" != '=' ] || ((++i))
        ((++i))
      fi
    elif [ -z "$command" ]; then
      command=$word
    else
      ((++place))
    fi
  done
  COMPREPLY=()
  case $prev in
    -*) kind=$(_chancery_option "$command" "$prev") ;;
  esac
  if [ -z "$kind" ]; then
    case $cur in
      -*)
        COMPREPLY=($(compgen -W "$(_chancery_options "$command")" -- "$cur"))
        return
        ;;
    esac
    if [ -z "$command" ]; then
      COMPREPLY=($(compgen -W "$_chancery_commands" -- "$cur"))
      return
    fi
    kind=$(_chancery_argument "$command" "$place")
  fi
  case $kind in
    '') ;;
    FILE | FILE...)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$cur"))
      ;;
    DIR)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -d -- "$cur"))
      ;;
    CMD) COMPREPLY=($(compgen -c -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$(_chancery_values "$kind")" -- "$cur")) ;;
  esac
}
complete -F _chancery chancery
)sh";

constexpr std::string_view zsh_function = R"sh(
_chancery() {
  local cur=${words[CURRENT]} prev=${words[CURRENT-1]} command='' kind='' place=0 i word
  for ((i = 2; i < CURRENT; ++i)); do
    word=${words[i]}
    if [[ $word == -*=* ]]; then
      continue
    elif [[ $word == -* ]]; then
      [[ -z $(_chancery_option "$command" "$word") ]] || ((++i))
    elif [[ -z $command ]]; then
      command=$word
    else
      ((++place))
    fi
  done
  if [[ $cur == --*=* ]]; then
    kind=$(_chancery_option "$command" "${cur%%=*}")
    compset -P '*='
  elif [[ $prev == -* ]]; then
    kind=$(_chancery_option "$command" "$prev")
  fi
  if [[ -z $kind ]]; then
    if [[ $cur == -* ]]; then
      compadd -- ${=$(_chancery_options "$command")}
      return
    elif [[ -z $command ]]; then
      _describe command _chancery_described
      return
    fi
    kind=$(_chancery_argument "$command" "$place")
  fi
  case $kind in
    '') ;;
    FILE*) _files ;;
    DIR) _files -/ ;;
    CMD) _command_names ;;
    *) compadd -- ${=$(_chancery_values "$kind")} ;;
  esac
}

if [[ ${funcstack[1]-} == _chancery ]]; then
  _chancery "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
  compdef _chancery chancery
fi
)sh";

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : commands_of(app)) names += (names.empty() ? "" : " ") + command->get_name();
  return fmt::format("# Completion of chancery for bash: source <(chancery completion bash)\n\n_chancery_commands='{}'\n\n{}{}", names, knowledge(app),
                     bash_function);
}

std::string zsh_completion(const CLI::App& app) {
  std::string described;
  for (const CLI::App* command : commands_of(app)) {
    described += fmt::format("  {}\n", shell_quoted(command->get_name() + ':' + command->get_description()));
  }
  return fmt::format("#compdef chancery\n# Completion of chancery for zsh: source <(chancery completion zsh)\n\n_chancery_described=(\n{})\n\n{}{}", described,
                     knowledge(app), zsh_function);
}

}  // namespace chancery::cli
