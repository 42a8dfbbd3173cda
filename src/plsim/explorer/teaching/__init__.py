"""The door for trainers: demonstrations and the classroom."""
