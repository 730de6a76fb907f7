"""What the plugin loads when it is used is loaded here: `pytester` forgets what a run in this process has imported."""

import contract_bench.cassettes.replay
import contract_bench.plugin.node
import contract_bench.plugin.portal
import fake_hubspot.server  # noqa: F401 - see above
