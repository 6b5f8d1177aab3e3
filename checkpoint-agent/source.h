/*
 * source - the bytes of an archive as they are read: from a file or standard
 * input, and decrypted when it is an age file and a key is given.
 */
#ifndef CHECKPOINT_AGENT_SOURCE_H
#define CHECKPOINT_AGENT_SOURCE_H

#include "lib/arc/age.h"
#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define SOURCE_PIECE_BYTES 65536

/* The option that each command which reads archives has. */
#define SOURCE_OPTION(list)                                                    \
	{                                                                      \
		"identity", 'i', ARGS_LIST, &(list), "FILE",                   \
			"age key file that opens an encrypted "                \
			"archive",                                             \
			0, 0, NULL                                             \
	}

/* Where bytes come from that are in no file of their own. */
struct source_feed {
	/* At most n bytes: their number, 0 at the end, -1. */
	long (*read)(void *self, void *bytes, size_t n, struct err *e);
	void *self;
};

struct source {
	struct source_feed feed;
	int fd;           /* -1: there is only the feed */
	bool is_own;      /* fd is closed at the end */
	int64_t size;     /* of a plain file, else 0: nothing is skipped */
	struct age *age;  /* owned; NULL: as they lie there */
	struct buf plain; /* what came out of age last */
	size_t raw_n;     /* bytes of `raw` that nobody has seen */
	bool is_over;
	bool is_held; /* what is given is kept, to be given again */
	struct buf held;
	size_t held_at; /* of what is given again */
	unsigned char raw[SOURCE_PIECE_BYTES];
};

/*
 * path: "-" is standard input.  identities: files as age-keygen writes them,
 * empty for none, NULL where none can be given.  source_close() in any case.
 * Errors: ERR_INPUT it is encrypted and no key is given.
 */
int source_open(struct source *s, const char *path,
	const struct args_list *identities, struct err *e);
/* The same from a descriptor, which stays the caller's. */
int source_open_fd(struct source *s, int fd, const struct args_list *identities,
	struct err *e);

/* The same from a feed, which must outlive it. */
int source_open_feed(struct source *s, struct source_feed feed,
	const struct args_list *identities, struct err *e);

/*
 * Look at the beginning: source_hold(), some reading, source_replay(); then
 * the bytes come again from the first on.  ERR_INPUT: that was more than
 * SOURCE_HELD_MAX, so it is no archive.
 */
#define SOURCE_HELD_MAX (1u << 20)
void source_hold(struct source *s);
int source_replay(struct source *s, struct err *e);

/* The file that it is, when it is a plain one and read as it lies; or -1. */
int source_file(const struct source *s);

/*
 * The next bytes, valid until the next call: their number, 0 at the end, -1.
 * Decrypted ones are authentic; that they are whole is known at the end only.
 */
long source_next(struct source *s, const void **bytes, struct err *e);

/*
 * Pass over n bytes if that costs nothing: how many were passed, 0 when they
 * have to be read.
 */
int64_t source_skip(struct source *s, int64_t n);

/* Read to the end and forget it, so that a cut file is noticed. 0 or -1. */
int source_drain(struct source *s, struct err *e);

void source_close(struct source *s);

#endif
