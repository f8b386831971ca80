"""The widget: its source files, and `bundle` that makes the one script of them."""
