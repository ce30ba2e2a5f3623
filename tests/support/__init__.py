"""What tests share: waiting for conditions, and private servers."""
