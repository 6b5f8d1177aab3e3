/*
 * known - a table of fixed size in a file: a bucket for each file's device and
 * inode, a few slots in a bucket.
 *
 * Calls read and write slots at once, without a lock.  Each slot ends in a
 * checksum, so one that was half written is as empty, and so is one that a
 * full disk left out.  pread(2) instead of a mapping: a full disk must not
 * kill the call.
 */
#include "static-build/record/known.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KNOWN_BUCKETS = 1 << 14, KNOWN_SLOTS = 4 };

/* What contents are known by. */
struct known_key {
	uint64_t dev, ino, size;
	int64_t mtime_s, mtime_ns, ctime_s, ctime_ns;
};

struct known_slot {
	struct known_key key;
	unsigned char sha256[SHA256_BYTES];
	uint64_t sum; /* of all bytes before it */
};

static int known_table = -1; /* open as long as the process */

void known_use(const char *path)
{
	fd_close(&known_table);
	if (path != NULL && path[0] != '\0')
		known_table = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* FNV-1a, 64 bits: chance must not make a torn slot look whole. */
static uint64_t known_sum(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}

static uint64_t known_slot_sum(const struct known_slot *s)
{
	return known_sum(s, offsetof(struct known_slot, sum));
}

static struct known_key known_key_of(const struct stat *st)
{
	return (struct known_key){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime_s = st->st_mtim.tv_sec,
		.mtime_ns = st->st_mtim.tv_nsec,
		.ctime_s = st->st_ctim.tv_sec,
		.ctime_ns = st->st_ctim.tv_nsec,
	};
}

static bool known_is_same(const struct known_key *a, const struct known_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0; /* no padding in it */
}

static off_t known_bucket_at(const struct known_key *key)
{
	uint64_t where[2] = {key->dev, key->ino};
	uint64_t bucket = known_sum(where, sizeof(where)) % KNOWN_BUCKETS;

	return (off_t)(bucket * KNOWN_SLOTS * sizeof(struct known_slot));
}

/* Slots beyond the end of the file are empty. */
static void known_read_bucket(
	const struct known_key *key, struct known_slot bucket[KNOWN_SLOTS])
{
	size_t size = KNOWN_SLOTS * sizeof(*bucket);
	ssize_t n;

	memset(bucket, 0, size);
	n = pread(known_table, bucket, size, known_bucket_at(key));
	if (n < 0)
		memset(bucket, 0, size);
}

static bool known_find(
	const struct known_key *key, unsigned char sha256[SHA256_BYTES])
{
	struct known_slot bucket[KNOWN_SLOTS];

	if (known_table < 0)
		return false;
	known_read_bucket(key, bucket);
	for (size_t i = 0; i < KNOWN_SLOTS; i++)
		if (known_is_same(&bucket[i].key, key) &&
			bucket[i].sum == known_slot_sum(&bucket[i])) {
			memcpy(sha256, bucket[i].sha256, SHA256_BYTES);
			return true;
		}
	return false;
}

/* The slot of the same file, else an empty one, else whichever. */
static size_t known_slot_for(
	const struct known_key *key, const struct known_slot *bucket)
{
	size_t at = key->ino / KNOWN_BUCKETS % KNOWN_SLOTS;

	for (size_t i = 0; i < KNOWN_SLOTS; i++)
		if (bucket[i].key.ino == key->ino &&
			bucket[i].key.dev == key->dev)
			return i;
	for (size_t i = 0; i < KNOWN_SLOTS; i++)
		if (bucket[i].key.ino == 0)
			return i;
	return at;
}

static void known_enter(
	const struct known_key *key, const unsigned char sha256[SHA256_BYTES])
{
	struct known_slot bucket[KNOWN_SLOTS], slot = {.key = *key};
	off_t at = known_bucket_at(key);

	memcpy(slot.sha256, sha256, SHA256_BYTES);
	slot.sum = known_slot_sum(&slot);
	known_read_bucket(key, bucket);
	at += (off_t)(known_slot_for(key, bucket) * sizeof(slot));
	/* one that is not written is computed again */
	(void)!pwrite(known_table, &slot, sizeof(slot), at);
}

/* Did it change long enough before this moment? */
static bool known_is_settled(
	const struct known_key *key, const struct timespec *now)
{
	int64_t ms = (now->tv_sec - key->ctime_s) * 1000 +
		     (now->tv_nsec - key->ctime_ns) / 1000000;

	return ms >= KNOWN_SETTLED_MS;
}

static int known_compute(const char *path, struct stat *st,
	unsigned char sha256[SHA256_BYTES], struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct known_key before, after;
	struct timespec now;
	uint64_t size;

	clock_gettime(CLOCK_REALTIME, &now);
	if (fd < 0 || fstat(fd, st) < 0)
		return err_sys(e, "%s", path);
	before = known_key_of(st);
	if (sha256_fd(fd, sha256, &size, e) < 0)
		return err_at(e, "%s", path);
	if (fstat(fd, st) < 0)
		return err_sys(e, "%s", path);
	after = known_key_of(st);
	if (known_table >= 0 && known_is_same(&before, &after) &&
		known_is_settled(&before, &now))
		known_enter(&before, sha256);
	st->st_size = (off_t)size;
	return 0;
}

int known_digest(const char *path, struct stat *st, char hex[SHA256_HEX + 1],
	struct err *e)
{
	unsigned char sha256[SHA256_BYTES];
	struct known_key key = known_key_of(st);

	if (!known_find(&key, sha256) && known_compute(path, st, sha256, e) < 0)
		return -1;
	str_hex(sha256, sizeof(sha256), hex);
	return 0;
}
