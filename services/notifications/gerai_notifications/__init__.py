"""Notifications: tells citizens, in their language, what happens to their tickets and complaints."""
