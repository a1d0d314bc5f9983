"""The version, said once for the package and for `azrelease --version`."""

VERSION = "0.1.0"
