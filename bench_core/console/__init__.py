"""Browser pages about requests and faults, for every server with a journal and faults.

A server reads each request for a page into a `ConsoleCall` and gives it to `requests` and `faults`. What differs
between servers, such as their words for requests, is in the `ConsoleWords` of the call. The templates are in
`bench_core.pages`. Import this package only when a page is asked for.
"""
