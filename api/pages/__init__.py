"""The few pages for people: plain HTML, no script, one style sheet inside the page."""
