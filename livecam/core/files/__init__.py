"""Write files whole or not at all, readable by the owner only where private."""
