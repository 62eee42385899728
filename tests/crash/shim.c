/* Loaded into the program under test (LD_PRELOAD): numbers every call that changes a file of the workspace, writes each into
 * a log, and ends the process with SIGKILL at one of them.
 *
 *   CRASH_ROOT   only files below this folder count
 *   CRASH_LOG    each call is appended: "write PATH OFFSET LENGTH", "sync PATH SIZE", "rename PATH TO", "remove PATH",
 *                "cut PATH LENGTH", one line each, before the call is done
 *   CRASH_AT     the number of the call, from 1 on, at which the process ends; 0 or nothing: it does not
 *   CRASH_HOW    "before": the call is not done; "after": it is; "torn": of a write the first half is done
 *
 *   CRASH_LIES   anything: nothing is ever synced, and the program is told that it was
 *
 * Processes that the program starts are left alone: what becomes of a killed worker is another test's question. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX];
static size_t root_length;
static long at, number;
static enum { BEFORE, AFTER, TORN } how;
static int log_file = -1, lies;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("CRASH_ROOT"), *path = getenv("CRASH_LOG");
    const char *moment = getenv("CRASH_AT"), *way = getenv("CRASH_HOW");
    unsetenv("LD_PRELOAD");
    if (!folder || !realpath(folder, root)) return;
    root_length = strlen(root);
    at = moment ? atol(moment) : 0;
    how = way && !strcmp(way, "after") ? AFTER : way && !strcmp(way, "torn") ? TORN : BEFORE;
    lies = getenv("CRASH_LIES") != NULL;
    if (path) log_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int is_ours(const char *path) {
    return root_length && !strncmp(path, root, root_length) && path[root_length] == '/';
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return is_ours(path) || (root_length && !strcmp(path, root));
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Numbers the call and says whether the process is to end at it. Called with the lock held. */
static int noted(const char *line) {
    number++;
    if (log_file >= 0) {
        REAL(write);
        if (real(log_file, line, strlen(line)) < 0) die();
    }
    return at && number == at;
}

/* DO is the whole call, HALF what is done of it when it is torn. The lock is held until the call is done, so that the log
 * has the calls in the order in which they were done. */
#define COUNTED(FORMAT, ...)                                   \
    char line[3 * PATH_MAX];                                   \
    snprintf(line, sizeof line, FORMAT "\n", __VA_ARGS__);     \
    pthread_mutex_lock(&one_at_a_time);                        \
    int ends = noted(line);                                    \
    if (ends && how == BEFORE) die();

#define DONE                                                   \
    if (ends) die();                                           \
    pthread_mutex_unlock(&one_at_a_time);

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(write);
    char path[PATH_MAX];
    if (!path_of(fd, path)) return real(fd, bytes, length);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (fcntl(fd, F_GETFL) & O_APPEND) offset = lseek(fd, 0, SEEK_END);
    COUNTED("write\t%s\t%lld\t%zu", path, (long long)offset, length)
    ssize_t n = real(fd, bytes, ends && how == TORN ? length / 2 : length);
    DONE
    return n;
}

static ssize_t at_offset(ssize_t (*real)(int, const void *, size_t, off_t), int fd, const void *bytes, size_t length, off_t offset) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return real(fd, bytes, length, offset);
    COUNTED("write\t%s\t%lld\t%zu", path, (long long)offset, length)
    ssize_t n = real(fd, bytes, ends && how == TORN ? length / 2 : length, offset);
    DONE
    return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    REAL(pwrite);
    return at_offset(real, fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    REAL(pwrite64);
    return at_offset((ssize_t (*)(int, const void *, size_t, off_t))real, fd, bytes, length, offset);
}

static int synced(int (*real)(int), int fd) {
    char path[PATH_MAX];
    struct stat now;
    if (!path_of(fd, path) || fstat(fd, &now)) return real(fd);
    if (lies) return 0;
    COUNTED("sync\t%s\t%lld", path, (long long)now.st_size)
    int code = real(fd);
    DONE
    return code;
}

int fsync(int fd) {
    REAL(fsync);
    return synced(real, fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return synced(real, fd);
}

static int cut(int (*real)(int, off_t), int fd, off_t length) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return real(fd, length);
    COUNTED("cut\t%s\t%lld", path, (long long)length)
    int code = real(fd, length);
    DONE
    return code;
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    return cut(real, fd, length);
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64);
    return cut((int (*)(int, off_t))real, fd, length);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (!is_ours(from) && !is_ours(to)) return real(from, to);
    COUNTED("rename\t%s\t%s", from, to)
    int code = real(from, to);
    DONE
    return code;
}

int unlink(const char *path) {
    REAL(unlink);
    if (!is_ours(path)) return real(path);
    COUNTED("remove\t%s", path)
    int code = real(path);
    DONE
    return code;
}
