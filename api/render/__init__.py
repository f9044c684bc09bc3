"""The formats of the answers: one function a format, one registry (`api.render.formats`)."""
