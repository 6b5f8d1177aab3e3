/*
 * items - the components of an image or a program and what binds them, as all
 * documents list them.
 *
 * Every format writes these fields and these bonds and computes none of its
 * own, so that the documents agree.  items_make() (items_make.h) takes them
 * from the model; the first one is what the document is about.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEMS_H
#define KEELSON_SBOM_ITEMS_ITEMS_H

#include "lib/base/str.h"
#include "sbom/model/model.h"
#include "sbom/notice/notice.h"

enum item_kind {
	ITEM_IMAGE,
	ITEM_PROGRAM,  /* an executable file, built from source */
	ITEM_UNTRACED, /* likewise, but nothing is known of its build */
	ITEM_LIBRARY,  /* a static library of which something was linked */
	ITEM_PACKAGE,  /* a pinned source, or a pinned binary package */
	ITEM_PATCHES,  /* the archive with Debian's patches of a package */
	ITEM_HOST,     /* a package of the building machine, code is linked */
};

/* Texts are empty where nothing is known. */
struct item {
	enum item_kind kind;
	struct str id; /* "SPDXRef-Library-libc.a", see model.h */
	struct str name, version;
	const struct sbom_party *creator, *supplier; /* NULL: not known */
	struct str file_name;      /* of the file that is delivered, no path */
	struct str sha256, sha512; /* of that file */
	struct str declared, concluded; /* licences: SPDX expressions */
	struct str copyright;           /* lines of what is inside */
	struct str purl, cpe;
	struct str swhid; /* of that file's content: "swh:1:cnt:..." */
	/* Something of it is in the image; else only headers were read, and no
	   scanner may find its purl. */
	bool is_inside;
	/* Scanners are to list it: see item_listed.h. */
	bool is_listed;
	struct str place; /* URI of the file, or of a page about it */
	struct str comment, source_info; /* for people */
	/* BSI TR-03183-2 5.2.2: of that file. */
	bool is_executable, is_archive, is_structured;
	/* What it was made from, by kind; else NULL. */
	const struct model_program *program;
	const struct model_package *package; /* PACKAGE, PATCHES */
	const struct model_package *base; /* PROGRAM, LIBRARY: that it is built
					     from; NULL: the project's own */
	const struct model_library *library;
	const struct model_host *host;
	/* The one item that a document may nest it in; NULL: several hold it,
	   or none. */
	const struct item *within;
};

enum bond_kind {
	BOND_CONTAINS, /* an image and what is in it */
	BOND_LINKS,    /* a program and a static library, or a host's code */
	BOND_MADE_OF,  /* a program or library and the source it is built of */
	BOND_HEADERS,  /* a program and a source of which it read headers */
	BOND_PATCHED,  /* a source and the archive of patches applied to it */
};

struct bond {
	const struct item *from, *to;
	enum bond_kind kind;
	struct str comment; /* "25 of 1347 members of libc.a linked" */
};

#define ITEM_RELEASE_COMMENT                                                   \
	"the release of the packages that are called Debian's, by which "      \
	"scanners match them; nothing else of it is inside"

struct items {
	const struct model *model;
	const struct notice *notice; /* licences, their texts, whose it is */
	const struct sbom_project *project; /* of the request */
	struct sbom_party own, author; /* its supplier; who makes documents */
	struct item *list;
	size_t n;
	struct bond *bonds; /* grouped by `from`, in the order of the list */
	size_t n_bonds, bonds_room;
	struct str release; /* the suite that most of the lock is from */
	/* Its number, "13", if something inside is Debian's of it; or empty. */
	struct str debian;
};

/* What is known of an image once its files are written. */
struct item_bytes {
	struct str digest;         /* "sha256:..." of its manifest */
	struct str sha256, sha512; /* of the tar that is loaded */
};

/* Documents that are not in the image may name its bytes. 0 or -1. */
int items_set_bytes(
	struct items *items, const struct item_bytes *bytes, struct err *e);

/* The item of a program, library, package, ...; NULL. */
const struct item *items_of_program(
	const struct items *items, const struct model_program *p);
const struct item *items_of_library(
	const struct items *items, const struct trace_library *l);
const struct item *items_of_package(
	const struct items *items, const struct lock_line *line);
const struct item *items_of_patches(
	const struct items *items, const struct model_package *p);
const struct item *items_of_host(const struct items *items, struct str package);

#endif
