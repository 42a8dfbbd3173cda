"""Reading one plain table of students."""
