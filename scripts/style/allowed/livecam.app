docstrings 120
errors 1
words 49
