pytest_plugins = ["cipherlane.pytest_plugin"]
