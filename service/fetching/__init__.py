"""Complete pages of records: the requests for one page, its properties, history and associations."""
