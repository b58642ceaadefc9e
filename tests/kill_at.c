/* Kills its process at the n-th call that changes something below a folder.
 *
 * Preloaded (LD_PRELOAD), it sees the calls of SQLite, tantivy, FAISS and Python alike. Nothing
 * is counted before arm(); armed with 0, it only counts, and counted() tells how many there were.
 * With half set, a write is done half before the kill.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[PATH_MAX];
static atomic_long calls;
static long limit = -1;
static int half;

void arm(const char *below, long point, int halfway) {
    snprintf(folder, sizeof folder, "%s/", below);
    half = halfway;
    limit = point;
}

long counted(void) { return calls; }

static int due(const char *path) {
    if (limit < 0 || strncmp(path, folder, strlen(folder)) != 0) return 0;
    return ++calls == limit;
}

static int due_at(int fd) {
    char link[64], path[PATH_MAX];
    if (limit < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return due(path);
}

static void end(void) { kill(getpid(), SIGKILL); pause(); }

#define REAL(name) __typeof__(name) *real = dlsym(RTLD_NEXT, #name)

#define WRITING(name, parameters, arguments, before)                                          \
    ssize_t name parameters {                                                                 \
        REAL(name);                                                                           \
        if (due_at(fd)) {                                                                     \
            if (half) before;                                                                 \
            end();                                                                            \
        }                                                                                     \
        return real arguments;                                                                \
    }

WRITING(write, (int fd, const void *data, size_t n), (fd, data, n), real(fd, data, n / 2))
WRITING(pwrite, (int fd, const void *data, size_t n, off_t at), (fd, data, n, at),
        real(fd, data, n / 2, at))
WRITING(pwrite64, (int fd, const void *data, size_t n, off64_t at), (fd, data, n, at),
        real(fd, data, n / 2, at))
WRITING(writev, (int fd, const struct iovec *parts, int n), (fd, parts, n), real(fd, parts, n / 2))

#define BY_FD(name, parameters, arguments)                                                    \
    int name parameters {                                                                     \
        REAL(name);                                                                           \
        if (due_at(fd)) end();                                                                \
        return real arguments;                                                                \
    }

BY_FD(fsync, (int fd), (fd))
BY_FD(fdatasync, (int fd), (fd))
BY_FD(ftruncate, (int fd, off_t size), (fd, size))
BY_FD(ftruncate64, (int fd, off64_t size), (fd, size))

#define BY_PATH(name, parameters, arguments)                                                  \
    int name parameters {                                                                     \
        REAL(name);                                                                           \
        if (due(path)) end();                                                                 \
        return real arguments;                                                                \
    }

BY_PATH(rename, (const char *path, const char *target), (path, target))
BY_PATH(renameat, (int from, const char *path, int to, const char *target),
        (from, path, to, target))
BY_PATH(unlink, (const char *path), (path))
BY_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
BY_PATH(rmdir, (const char *path), (path))
