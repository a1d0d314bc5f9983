"""The rules of `azrelease check`, each in a file of its own, in the folder of its family."""

from functools import cache, lru_cache
from importlib import import_module

from azrelease.lint.plugin_rules import plugin_rules
from azrelease.lint.rule import Rule
from azrelease.plugins import RULE_GROUP, Plugin, plugins

_MODULES = (
    "reading.unreadable",
    "structure.schema",
    "structure.invalid_name",
    "structure.invalid_cron",
    "structure.trigger_filters",
    "structure.environment_resource",
    "structure.timeouts",
    "structure.hosted_demand",
    "structure.run_name",
    "structure.container_image",
    "structure.ignored_trigger",
    "structure.missing_blank",
    "structure.unused_ignore",
    "structure.no_pipeline",
    "structure.expansion_limit",
    "references.unknown_stage",
    "references.dependency_cycle",
    "references.duplicate_name",
    "references.unknown_job",
    "references.outputs",
    "references.undeclared_repository",
    "references.undeclared_pipeline",
    "references.undeclared_container",
    "references.unused_resource",
    "references.missing_template",
    "references.template_cycle",
    "references.wrong_template",
    "references.unknown_parameter",
    "references.missing_parameter",
    "references.parameter_type",
    "references.parameter_value",
    "references.unused_parameter",
    "references.undeclared_parameter",
    "references.undefined_variable",
    "references.reserved_variable",
    "references.unused_variable",
    "folders.artifacts",
    "folders.checkouts",
    "folders.missing_checkout",
    "folders.artifact_folder",
    "folders.empty_artifact",
    "folders.shallow_history",
    "folders.checkout_folder",
    "folders.unfetched_files",
    "folders.artifact_names",
    "folders.file_patterns",
    "folders.cache_path",
    "folders.unbuilt_project",
    "folders.script_folder",
    "folders.push_without_credentials",
    "expressions.expression_syntax",
    "expressions.unknown_function",
    "expressions.argument_count",
    "expressions.unknown_context",
    "expressions.constant_condition",
    "expressions.unexpanded_macro",
    "expressions.misplaced_runtime",
    "expressions.failed_evaluation",
    "expressions.mixed_types",
    "expressions.impossible_comparison",
    "expressions.text_as_condition",
    "expressions.unmarked_expression",
    "expressions.not_known_yet",
    "expressions.macro_as_value",
    "expressions.dotted_variable",
    "expressions.format_specifier",
    "expressions.object_as_text",
    "tasks.unknown_task",
    "tasks.unknown_task_version",
    "tasks.unknown_input",
    "tasks.missing_input",
    "tasks.invalid_input",
    "tasks.wrong_agent",
    "tasks.deprecated_task",
    "tasks.repeated_input",
    "tasks.windows_task",
    "tasks.resource_at_run_time",
    "tasks.misnamed_task",
    "tasks.hidden_input",
    "tasks.script_extension",
    "tasks.boolean_input",
    "tasks.tool_not_on_image",
    "tasks.arguments_on_lines",
    "tasks.shell_not_on_system",
    "security.plain_secret",
    "security.spread_secret",
    "security.script_injection",
    "security.persisted_credentials",
    "security.pull_request_deploys",
    "security.unpinned_image",
    "security.unpinned_repository",
    "security.echoed_secret",
    "security.logging_command",
    "security.logging_property",
    "security.any_branch_deploys",
    "security.piped_download",
    "security.package_source",
    "security.disabled_check",
    "security.secret_argument",
    "security.token_exposed",
    "security.printed_environment",
    "security.unmasked_variable",
    "security.container_control",
    "security.debug_output",
    "security.pull_request_reach",
    "security.shared_connection",
    "security.secret_in_image",
    "security.printed_credential",
    "security.secret_in_artifact",
    "security.any_branch_artifact",
    "security.inexact_cache",
    "security.moving_dependency",
    "release_safety.unguarded_production",
    "release_safety.unpublished_tests",
    "release_safety.publish_on_success",
    "release_safety.unmatched_results",
    "release_safety.other_service_tested",
    "release_safety.unreachable_stage",
    "release_safety.untested_release",
    "release_safety.shared_service",
    "release_safety.test_without_key",
    "release_safety.deploys_after_failure",
    "release_safety.removed_control",
    "release_safety.status_of_others",
    "release_safety.skipped_with_ancestor",
    "release_safety.ignored_tests",
    "release_safety.results_elsewhere",
    "release_safety.branch_conditions",
    "release_safety.unlocked_rollout",
    "release_safety.foreign_model",
    "retirement.cli_v1",
    "retirement.migration",
    "retirement.retired_image",
    "retirement.old_python",
    "retirement.old_node",
    "retirement.docker_socket",
    "retirement.lagging_template",
    "scripts.shell_syntax",
    "scripts.shellcheck",
    "scripts.azure_ml_argument",
    "scripts.azure_ml_missing",
    "scripts.unmapped_secret",
    "scripts.shell_variable_name",
    "scripts.lost_shell_variable",
    "scripts.set_in_this_step",
    "scripts.printed_command",
    "scripts.boolean_text",
    "scripts.batch_without_call",
    "scripts.powershell_syntax",
    "scripts.fails_on_progress",
    "scripts.here_string",
    "scripts.bash_spacing",
    "scripts.unquoted_paste",
    "scripts.folded_script",
    "scripts.python_syntax",
    "scripts.unsafe_expansion",
    "scripts.not_logged_in",
    "scripts.no_cluster",
    "scripts.azure_cli_command",
    "scripts.lost_exit_code",
    "scripts.pipe_exit_code",
    "scripts.foreign_in_bash",
    "scripts.script_not_on_path",
    "scripts.foreign_in_powershell",
    "scripts.windows_powershell",
    "scripts.inline_param",
    "scripts.foreign_in_cmd",
    "scripts.json_in_quotes",
    "service.online",
)
"""Every module with rules: each defines `RULE`, or `RULES` where several codes have one subject."""


def _rules_of(module: str) -> tuple[Rule, ...]:
    found = import_module(f"{__name__}.{module}")
    return found.RULES if hasattr(found, "RULES") else (found.RULE,)


@cache
def built_in_rules(*families: str) -> tuple[Rule, ...]:
    """The rules of azrelease, in the order of their codes: of these families, such as `references`, or of all."""
    modules = [module for module in _MODULES if not families or module.partition(".")[0] in families]
    return tuple(sorted((rule for module in modules for rule in _rules_of(module)), key=lambda rule: rule.code.id))


def all_rules() -> tuple[Rule, ...]:
    """The rules of azrelease, followed by those of plugins.

    Raises:
        PluginError: a plugin cannot be used.
    """
    return _with_plugins(plugins(RULE_GROUP))


def by_id() -> dict[str, Rule]:
    """All rules by code, and by name.

    Raises:
        PluginError: a plugin cannot be used.
    """
    return _by_id(plugins(RULE_GROUP))


@lru_cache(maxsize=4)
def _with_plugins(declared: tuple[Plugin, ...]) -> tuple[Rule, ...]:
    rules = built_in_rules()
    return (*rules, *plugin_rules(declared, rules)) if declared else rules


@lru_cache(maxsize=4)
def _by_id(declared: tuple[Plugin, ...]) -> dict[str, Rule]:
    return {word: rule for rule in _with_plugins(declared) for word in (rule.code.id, rule.code.name)}
