docstrings 119
errors 1
words 49
