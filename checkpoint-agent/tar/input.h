/*
 * input - the bytes of an archive, from a file, from standard input or from a
 * feed, and decrypted when it is an age file.
 */
#ifndef CHECKPOINT_AGENT_TAR_INPUT_H
#define CHECKPOINT_AGENT_TAR_INPUT_H

#include "lib/arc/age.h"
#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define INPUT_PIECE_BYTES 65536

/*
 * What an archive may expand to unless somebody says otherwise: all of its
 * bytes without compression.  A regular file may always be as long as it is.
 */
#define INPUT_EXPANDED_MAX (64ull << 30)

/* A source of bytes that is no file. */
struct input_feed {
	/* Read at most n bytes: their number, 0 at the end, -1. */
	long (*read)(void *self, void *bytes, size_t n, struct err *e);
	void *self;
};

/* A place in a regular file. */
struct input_where {
	int file; /* not owned; -1: none */
	uint64_t at;
};

struct input {
	struct input_feed feed;
	int fd;             /* -1: there is only the feed */
	bool is_own;        /* input_close() closes fd */
	int64_t size;       /* of a regular file; else 0: nothing is skipped */
	uint64_t max_bytes; /* when expanded; 0: INPUT_EXPANDED_MAX */
	struct age *age;    /* owned; NULL: not encrypted */
	struct buf plain;   /* the last bytes that were decrypted */
	size_t raw_n;       /* bytes of `raw` that were not returned yet */
	bool is_secret;     /* it is, or lies in, what was encrypted */
	/* where its first byte lies as it is; file -1: nowhere */
	struct input_where where;
	bool is_over;
	bool is_held;    /* what input_next() returns is recorded */
	struct buf held; /* the record */
	size_t held_at;  /* how much of it was returned again */
	unsigned char raw[INPUT_PIECE_BYTES];
};

/*
 * Open a file; "-" is standard input.  Call input_close() also on failure.
 * @identities  names of files as age-keygen(1) writes them; empty: none was
 *              given; NULL: the command takes none
 * Errors: those of regular_open(); ERR_INPUT it is encrypted and no key was
 * given.
 */
int input_open(struct input *s, const char *path,
	const struct args_list *identities, struct err *e);

/* The same from a descriptor, which stays the caller's. */
int input_open_fd(struct input *s, int fd, const struct args_list *identities,
	struct err *e);

/* The same from a feed, which must outlive it. */
int input_open_feed(struct input *s, struct input_feed feed,
	const struct args_list *identities, struct err *e);

/*
 * Peek at the beginning: input_hold() records what is read from then on, and
 * after input_replay() those bytes come once more.  ERR_INPUT: more than
 * INPUT_HELD_MAX were read, so this is no archive.
 */
#define INPUT_HELD_MAX (1u << 20)
void input_hold(struct input *s);
int input_replay(struct input *s, struct err *e);

/* How many bytes it may expand to. */
uint64_t input_expanded_max(const struct input *s);

/* The descriptor when the input is a regular file, not encrypted; else -1. */
int input_file(const struct input *s);

/*
 * Say that the input, a feed, is a part of another one.
 * @at  where in the bytes of the other one it begins; -1: they are changed on
 *      the way
 */
void input_lies_in(struct input *s, const struct input *outer, int64_t at);

/*
 * The next bytes, valid until the next call: their number, 0 at the end, -1.
 * Decrypted bytes are authentic; only the end tells that none are missing.
 */
long input_next(struct input *s, const void **bytes, struct err *e);

/*
 * Seek over n bytes: how many were skipped, 0 when they must be read instead.
 */
int64_t input_skip(struct input *s, int64_t n);

/* Read and discard the rest, so that a truncated file is noticed. 0 or -1. */
int input_drain(struct input *s, struct err *e);

/* Wipe plain bytes and keys. */
void input_close(struct input *s);

#endif
