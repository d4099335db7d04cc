"""Tables of people's own data: read from files in a process of its own, and described as the API answers them."""
