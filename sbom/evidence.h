/*
 * evidence - what the build wrote down, ready to be asked
 * (docs/formats/record.md).
 *
 * The logs together are tens of megabytes of which a program reaches a small
 * part.  So opening reads every line once, keeps only which digests it put
 * out and where the line is, and evidence_read() parses a line again when
 * somebody asks for it.  The small lists (manifests, installed files, the
 * host's tools) are kept whole.
 */
#ifndef KEELSON_SBOM_EVIDENCE_H
#define KEELSON_SBOM_EVIDENCE_H

#include "lib/base/node.h"
#include "sbom/table.h"

enum evidence_kind {
	EVIDENCE_COMPILE,
	EVIDENCE_ASSEMBLE,
	EVIDENCE_LINK,
	EVIDENCE_ARCHIVE,
	EVIDENCE_GENERATE,
};

/* The lists of files; each record says in which one it stands. */
enum evidence_list {
	EVIDENCE_MANIFEST,   /* of an unpacked, patched source */
	EVIDENCE_CONFIGURED, /* made by configure */
	EVIDENCE_INSTALLED,  /* put into the sysroot or build/bin */
	EVIDENCE_TOOLCHAIN,  /* the host's, with the package that owns it */
};

/* One directory below build/evidence: a recipe, a program or a library. */
struct evidence_room {
	struct str name;
	struct str events;         /* the text of events.jsonl, mapped */
	const struct node *recipe; /* recipe.json; NULL for our own */
};

struct evidence_event {
	uint32_t room; /* index */
	enum evidence_kind kind;
	struct str line; /* JSON */
};

struct evidence_file {
	enum evidence_list list;
	uint32_t room; /* index; none for the host's */
	struct str path, sha256;
	/* manifest: the pinned file, the names of patches that touch it */
	struct str archive;
	const struct str *patches;
	size_t n_patches;
	struct str from; /* installed: the same bytes in the recipe's tree */
	/* toolchain; package is the path itself where no package owns it */
	struct str package, version, arch;
};

struct evidence {
	struct arena *arena;
	struct str dir;
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

/*
 * Read build/evidence.  Everything kept is in the arena or mapped until
 * evidence_close().  Errors name the file and the line.
 */
int evidence_open(
	const char *dir, struct arena *a, struct evidence *out, struct err *e);
void evidence_close(struct evidence *ev);

/* A file as events name it; sha256 is empty when it was gone. */
struct evidence_made {
	struct str path, sha256;
};
struct evidence_made evidence_made(const struct node *file);

/* An event in full, in an arena of the caller's choice. */
int evidence_read(const struct evidence *ev, uint32_t event, struct arena *a,
	const struct node **out, struct err *e);

/* The record of a path with these bytes in a list; NULL. */
const struct evidence_file *evidence_file(const struct evidence *ev,
	enum evidence_list list, struct str path, struct str sha256);

/* The record of a tool of the host by its path alone; NULL. */
const struct evidence_file *evidence_host(
	const struct evidence *ev, struct str path);

/* Any file of a manifest of this room with these bytes: a copy; NULL. */
const struct evidence_file *evidence_copy(
	const struct evidence *ev, uint32_t room, struct str sha256);

/* The room a path in build/work belongs to; -1 when there is none. */
int64_t evidence_room_of(const struct evidence *ev, struct str path);

/* The text of a link's map, mapped; its digest is checked. */
int evidence_map(const struct evidence *ev, uint32_t room, struct str sha256,
	struct str *out, struct err *e);
void evidence_unmap(struct str text);

#endif
