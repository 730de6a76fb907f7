"""What a node runs with at the moment: its configuration, and the variables and secrets that it was built with."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench_core.masking import Masking
from fake_sesam.config import Configuration, System, configure, read_directory
from fake_sesam.config.files import ConfigFile
from fake_sesam.config.variables import secret_references
from fake_sesam.errors import ConfigurationError, Problem
from fake_sesam.options import NodeOptions, load_environment, load_secrets, system_urls_from

__all__ = ["NodeConfiguration", "given_systems"]


class NodeConfiguration:
    """The configuration in use; it can be replaced while the node runs.

    Attributes:
        current: The configuration.
        problems: Everything that was found while it was read and checked.
        env: The values of `$ENV`.
        secrets: The values of `$SECRET` for every system.
        system_secrets: By system id, the secrets of one system alone; they win.
        redact: Masks every known secret in a text.
    """

    def __init__(
        self, node_dir: Path, options: NodeOptions, *, on_change: Callable[[Mapping[str, System]], None]
    ) -> None:
        """Read a node's directory.

        Args:
            node_dir: The directory.
            options: What says which variables and secrets there are.
            on_change: Called with the systems of each new configuration.

        Raises:
            ConfigurationError: There is no configuration, or the variables or secrets cannot be read. A pipe or system
                with errors is left out and named in `problems`; the others can be used.
        """
        self._options = options
        self._lock = threading.Lock()
        self._on_change = on_change
        self.current = Configuration()
        self.problems: tuple[Problem, ...] = ()
        self.redact = Masking()
        self.system_secrets: Mapping[str, Mapping[str, str]] = {}
        files, problems = read_directory(node_dir)
        self.env, env_problems = load_environment(node_dir, options)
        self.secrets, secret_problems = load_secrets(options, _secret_names(files))
        fatal = [*([] if files or options.may_be_empty else problems), *env_problems, *secret_problems]
        if any(problem.level == "error" for problem in fatal):
            raise ConfigurationError([*problems, *env_problems, *secret_problems])
        self.use(files, earlier_problems=problems if files else [], is_forced=True)

    def use(
        self, files: Sequence[ConfigFile], *, earlier_problems: Sequence[Problem] = (), is_forced: bool = False
    ) -> None:
        """Use other configuration files. A pipe that only this node cannot run is left out; it is no reason to refuse.

        Args:
            files: Every file of the new configuration.
            earlier_problems: Problems found while reading them.
            is_forced: Use it in spite of errors; pipes and systems that have some are left out.

        Raises:
            ConfigurationError: It has errors; the configuration stays as it was.
        """
        configuration = configure(
            files,
            env=self.env,
            secrets=self.secrets,
            system_secrets=self.system_secrets,
            given=given_systems(self._options, files),
        )
        problems = (*earlier_problems, *configuration.problems)
        if not is_forced and any(problem.level == "error" and not problem.is_unsupported for problem in problems):
            raise ConfigurationError(problems)
        of_systems = [secret for secrets in self.system_secrets.values() for secret in secrets.values()]
        with self._lock:
            self.current, self.problems = configuration, problems
            self.redact = Masking([*self.secrets.values(), *of_systems])
            self._on_change(configuration.systems)

    def use_variables(
        self,
        *,
        env: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        system_secrets: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Build the same files again with other variables or secrets; those that are not given stay."""
        self.env = self.env if env is None else dict(env)
        self.secrets = self.secrets if secrets is None else dict(secrets)
        self.system_secrets = self.system_secrets if system_secrets is None else system_secrets
        self.use(self.current.files, is_forced=True)


def given_systems(options: NodeOptions, files: Iterable[ConfigFile]) -> dict[str, str]:
    """Return, by system id, `url` or `command` where the options say how a system is reached."""
    ids = {str(file.content.get("_id")) for file in files if file.is_system}
    commands = dict.fromkeys(options.system_commands, "command")
    return {**commands, **dict.fromkeys([*system_urls_from(options.environ, ids), *options.system_urls], "url")}


def _secret_names(files: Iterable[ConfigFile]) -> set[str]:
    return {name for file in files for name, _ in secret_references(file.content)}
