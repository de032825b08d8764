"""Training: one loop for every task.

``config`` reads the configuration, ``data`` the images, ``batches`` puts them together, ``draws`` makes every random number,
``task`` says what the loop asks of a task, ``loop`` runs it, ``checkpoint`` keeps it, ``run`` is the folder of a run and
``events`` what it tells others.
"""
