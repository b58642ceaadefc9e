"""Each library as a person would set it up: index texts, search them, and its own chunks.

Runs in the environment of ``requirements.txt``, not in the project's. Every library gets the
prompts of the model where it has a setting for them (Chroma has none).
"""

from collections.abc import Sequence
from typing import Any, Protocol

PASSAGE, QUERY = "passage: ", "query: "
Unit = tuple[str, str]  # id of the document, text


class Library(Protocol):
    """What is compared."""

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        """Cut documents as the library does by default."""
        ...

    def index(self, units: Sequence[Unit]) -> None:
        """Index units anew."""
        ...

    def search(self, question: str, k: int) -> list[str]:
        """Return the documents of the best ``k`` units, best first."""
        ...


class LangChain:
    """FAISS through langchain-community; recursive splitter, 1,000 characters, 200 overlap."""

    def __init__(self, model: str) -> None:
        from langchain_huggingface import HuggingFaceEmbeddings

        self._embedding = HuggingFaceEmbeddings(
            model_name=model,
            encode_kwargs={"prompt": PASSAGE},
            query_encode_kwargs={"prompt": QUERY},
        )
        self._store: Any = None

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        return [(doc, piece) for doc, text in documents for piece in splitter.split_text(text)]

    def index(self, units: Sequence[Unit]) -> None:
        from langchain_community.vectorstores import FAISS

        texts = [text for _, text in units]
        self._store = FAISS.from_texts(texts, self._embedding, [{"doc": doc} for doc, _ in units])

    def search(self, question: str, k: int) -> list[str]:
        return [found.metadata["doc"] for found in self._store.similarity_search(question, k)]


class LlamaIndex:
    """The in-memory vector index; sentence splitter, 1,024 tokens, 200 overlap."""

    def __init__(self, model: str) -> None:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self._embedding = HuggingFaceEmbedding(
            model_name=model, query_instruction=QUERY, text_instruction=PASSAGE, device="cpu"
        )
        self._index: Any = None
        self._docs: dict[str, str] = {}

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        from llama_index.core.node_parser import SentenceSplitter

        splitter = SentenceSplitter()
        return [(doc, piece) for doc, text in documents for piece in splitter.split_text(text)]

    def index(self, units: Sequence[Unit]) -> None:
        from llama_index.core import VectorStoreIndex
        from llama_index.core.schema import TextNode

        self._docs = {f"n{number}": doc for number, (doc, _) in enumerate(units)}
        nodes = [TextNode(id_=f"n{row}", text=text) for row, (_, text) in enumerate(units)]
        self._index = VectorStoreIndex(nodes, embed_model=self._embedding)

    def search(self, question: str, k: int) -> list[str]:
        found = self._index.as_retriever(similarity_top_k=k).retrieve(question)
        return [self._docs[one.node.node_id] for one in found]


class Haystack:
    """The in-memory store and its embedding retriever; splitter of 200 words."""

    def __init__(self, model: str) -> None:
        from haystack_integrations.components.embedders import sentence_transformers as embedders

        self._passages = embedders.SentenceTransformersDocumentEmbedder(
            model=model, prefix=PASSAGE, progress_bar=False
        )
        self._questions = embedders.SentenceTransformersTextEmbedder(
            model=model, prefix=QUERY, progress_bar=False
        )
        for component in (self._passages, self._questions):
            component.warm_up()
        self._retriever: Any = None

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        from haystack import Document
        from haystack.components.preprocessors import DocumentSplitter

        splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=0)
        whole = [Document(content=text, meta={"doc": doc}) for doc, text in documents]
        return [(one.meta["doc"], one.content) for one in splitter.run(whole)["documents"]]

    def index(self, units: Sequence[Unit]) -> None:
        from haystack import Document
        from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        documents = [
            Document(id=str(row), content=text, meta={"doc": doc})
            for row, (doc, text) in enumerate(units)
        ]
        store.write_documents(self._passages.run(documents)["documents"])
        self._retriever = InMemoryEmbeddingRetriever(store)

    def search(self, question: str, k: int) -> list[str]:
        vector = self._questions.run(question)["embedding"]
        return [one.meta["doc"] for one in self._retriever.run(vector, top_k=k)["documents"]]


class Txtai:
    """An embeddings database as it comes; whole texts."""

    def __init__(self, model: str) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings(
            path=model,
            method="sentence-transformers",
            instructions={"query": QUERY, "data": PASSAGE},
        )
        self._docs: list[str] = []

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        return list(documents)

    def index(self, units: Sequence[Unit]) -> None:
        self._docs = [doc for doc, _ in units]
        self._embeddings.index([(row, text, None) for row, (_, text) in enumerate(units)])

    def search(self, question: str, k: int) -> list[str]:
        return [self._docs[row] for row, _ in self._embeddings.search(question, k)]


class Chroma:
    """An in-memory collection with its sentence-transformers function; whole texts."""

    def __init__(self, model: str) -> None:
        import chromadb
        from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

        self._function = SentenceTransformerEmbeddingFunction(model_name=model)
        settings = chromadb.Settings(anonymized_telemetry=False)
        self._client = chromadb.EphemeralClient(settings)
        self._collection: Any = None
        self._docs: list[str] = []

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        return list(documents)

    def index(self, units: Sequence[Unit]) -> None:
        if self._collection is not None:
            self._client.delete_collection("texts")
        self._collection = self._client.create_collection(
            "texts", embedding_function=self._function
        )
        self._docs = [doc for doc, _ in units]
        names = [str(row) for row in range(len(units))]
        self._collection.add(ids=names, documents=[text for _, text in units])

    def search(self, question: str, k: int) -> list[str]:
        found = self._collection.query(query_texts=[question], n_results=k)
        return [self._docs[int(row)] for row in found["ids"][0]]


LIBRARIES = {
    "LangChain": LangChain,
    "LlamaIndex": LlamaIndex,
    "Haystack": Haystack,
    "txtai": Txtai,
    "Chroma": Chroma,
}
