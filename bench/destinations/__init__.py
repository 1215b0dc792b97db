"""The loads of bench/connectors, one module for each destination."""
