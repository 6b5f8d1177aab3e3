/*
 * evidence - the records of the build, ready for look-ups
 * (docs/formats/record.md).
 *
 * The logs together are tens of megabytes, of which a program reaches a small
 * part.  So evidence_open() (evidence_open.h) reads every line once and keeps
 * only the digests of its outputs and where the line is; evidence_read()
 * parses a line again on request.  The short lists (manifests, installed
 * files, the host's tools) are kept whole.
 */
#ifndef KEELSON_SBOM_EVIDENCE_EVIDENCE_H
#define KEELSON_SBOM_EVIDENCE_EVIDENCE_H

#include "lib/base/node.h"
#include "sbom/evidence/table.h"

enum evidence_kind {
	EVIDENCE_COMPILE,
	EVIDENCE_ASSEMBLE,
	EVIDENCE_LINK,
	EVIDENCE_ARCHIVE,
	EVIDENCE_GENERATE,
};

/* The list that a file is recorded in. */
enum evidence_list {
	EVIDENCE_MANIFEST,   /* of an unpacked, patched source */
	EVIDENCE_CONFIGURED, /* written by configure */
	EVIDENCE_INSTALLED,  /* put into the sysroot or build/bin */
	EVIDENCE_TOOLCHAIN,  /* the host's, with the package that owns it */
};

/* One directory below build/evidence: a recipe, a program or a library. */
struct evidence_room {
	struct str name;
	struct str events;         /* events.jsonl, mapped */
	const struct node *recipe; /* recipe.json; NULL for our own code */
};

struct evidence_event {
	uint32_t room; /* index */
	enum evidence_kind kind;
	struct str line; /* JSON, a view into the room's events */
};

struct evidence_file {
	enum evidence_list list;
	uint32_t room; /* index; UINT32_MAX for the host's */
	struct str path, sha256;
	/* manifest: the pinned file, the names of patches that touch it */
	struct str archive;
	const struct str *patches;
	size_t n_patches;
	struct str from; /* installed: the same bytes in the recipe's tree */
	/* toolchain; package is the path itself where no package owns it */
	struct str package, version, arch;
	struct str state; /* manifest of a git checkout: "committed", "modified"
			     or "untracked" */
	struct str git; /* manifest: id of the blob, SHA-1; empty: not noted */
	uint32_t vendored; /* line of the lock; 0: the source's own */
};

/* A package that lies inside the source of others (sbom/index/vendored.h). */
struct evidence_vendored {
	uint32_t line;    /* of the lock */
	uint32_t package; /* of the index */
	struct str path;  /* its directory */
	struct str name, version;
	struct str others;         /* versions that fit as well; for people */
	size_t same;               /* files as released */
	const struct str *changed; /* paths of files that are modified */
	size_t n_changed;
};

struct evidence {
	struct arena *arena;
	struct str dir;   /* build/evidence */
	const char *root; /* project root, which relative paths start from */
	bool is_outside;  /* of a build of others (recorded.h) */
	/* Of files that neither a lock nor the host has: whose they are, and
	   their licence.  For the caller to set; empty: not known. */
	struct str project, licence;
	struct evidence_vendored *vendored;
	size_t n_vendored, vendored_room;
	struct evidence_room *rooms;
	size_t n_rooms;
	struct evidence_event *events;
	size_t n_events, events_room;
	struct evidence_file *files;
	size_t n_files, files_room;
	struct table by_output; /* sha256 -> event */
	struct table by_path;   /* path -> file */
	struct table by_sha256; /* sha256 -> file of a manifest */
};

/* A file as events name it; sha256 is empty when the file was gone. */
struct evidence_made {
	struct str path, sha256;
};
struct evidence_made evidence_made(const struct node *file);

/* Parse an event, in an arena of the caller's choice. 0 or -1. */
int evidence_read(const struct evidence *ev, uint32_t event, struct arena *a,
	const struct node **out, struct err *e);

/* The record of a path with these bytes in a list; NULL. */
const struct evidence_file *evidence_file(const struct evidence *ev,
	enum evidence_list list, struct str path, struct str sha256);

/* The record of a tool of the host by its path alone; NULL. */
const struct evidence_file *evidence_host(
	const struct evidence *ev, struct str path);

/* Any file with these bytes in the manifest of a room; NULL. */
const struct evidence_file *evidence_copy(
	const struct evidence *ev, uint32_t room, struct str sha256);

/* The room that a path below build/work belongs to; -1 for none. */
int64_t evidence_room_of(const struct evidence *ev, struct str path);

/* DIR/ROOM/NAME; an empty room gives DIR/NAME. 0 or -1 (ERR_LIMIT). */
enum { EVIDENCE_PATH_BYTES = 1024 };
int evidence_path(const struct evidence *ev, struct str room, const char *name,
	char path[EVIDENCE_PATH_BYTES], struct err *e);

/*
 * Map the linker map with this digest, which is checked.  Unmap it with
 * mapped_close(). 0 or -1.
 */
int evidence_map(const struct evidence *ev, uint32_t room, struct str sha256,
	struct str *out, struct err *e);

/* 64 hex digits? */
bool evidence_is_sha256(struct str s);

#endif
