/*
 * pack - trees in tar files, by libarchive.
 *
 * The only place where libarchive is seen.  Written are pax archives with
 * numeric owners, extended attributes, sparse files and hard links; read is
 * every tar there is, plain, gzip or zstd.  Unpacking never leaves the
 * directory: absolute names, ".." and symbolic links on the way are refused.
 */
#ifndef CHECKPOINT_AGENT_PACK_H
#define CHECKPOINT_AGENT_PACK_H

#include "checkpoint-agent/source.h"
#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stdint.h>

struct pack;        /* a tar being written */
struct pack_reader; /* a tar being read */

enum pack_zip { PACK_PLAIN, PACK_GZIP };

/* The descriptors stay the caller's. 0 or -1. */
int pack_open(struct pack **p, int out, enum pack_zip zip, struct err *e);

/*
 * Add what `path` below the directory `dir` is, with its content, under the
 * name `name`.  Sockets and whiteouts are the caller's affair.
 */
int pack_add(struct pack *p, int dir, const char *path, const char *name,
	struct err *e);

/* Write the end. Frees *p in any case. */
int pack_close(struct pack *p, struct err *e);

/* Everything below `dir` on its file system, "." first, into `out`. */
int pack_tree(int dir, int out, enum pack_zip zip, struct err *e);

/* Unpack `in` below `dir`, with owners, times and attributes. */
int pack_extract(int in, int dir, struct err *e);
int pack_extract_from(struct source *s, int dir, struct err *e);

/* What layers may still unpack to. */
struct pack_room {
	uint64_t entries;
	uint64_t bytes;
};

/*
 * Lay a layer of an image over what is below `dir`: whiteouts are obeyed, a
 * file replaces a directory and the reverse.  in: a file, from its start.
 * Errors: ERR_LIMIT no room, ERR_INPUT a whiteout that leads out.
 */
int pack_apply_layer(int in, int dir, struct pack_room *room, struct err *e);

struct pack_entry {
	const char *path; /* valid until the next call */
	uint64_t size;
	uint32_t mode; /* type and permissions, as st_mode has them */
	uint32_t uid, gid;
	const char *link; /* target of a hard or symbolic link, or NULL */
	bool is_file;
};

int pack_read_open(struct pack_reader **r, int in, struct err *e);
/* The source must outlive the reader; at the end it is read to its own. */
int pack_read_from(struct pack_reader **r, struct source *s, struct err *e);
/* 1: *entry is the next one; 0: the end; -1. */
int pack_read_next(
	struct pack_reader *r, struct pack_entry *entry, struct err *e);
/* The next bytes of the entry's content: their number, 0 at the end, -1. */
long pack_read_bytes(
	struct pack_reader *r, void *bytes, size_t n, struct err *e);
/* Append the content of the entry, which must fit. */
int pack_read_all(struct pack_reader *r, struct buf *b, struct err *e);
/* A tar in a tar: the content of the entry that it stands at, as bytes. */
struct source_feed pack_read_feed(struct pack_reader *outer);
void pack_read_close(struct pack_reader *r);

/* SHA-256 of the bytes without gzip or zstd around them. 0 or -1. */
int pack_hash_plain(
	struct source *from, unsigned char hash[SHA256_BYTES], struct err *e);

#endif
