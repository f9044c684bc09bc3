"""Payments that councils publish under the Local Government Transparency Code, from any of their formats to rows."""
