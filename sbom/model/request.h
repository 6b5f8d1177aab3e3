/*
 * request - what an SBOM is asked for: an image or a program with its files,
 * each with the place it came from, and the project whose it is.
 */
#ifndef KEELSON_SBOM_MODEL_REQUEST_H
#define KEELSON_SBOM_MODEL_REQUEST_H

#include "lib/base/str.h"

/* A person or an organisation; an empty text is not known. */
struct sbom_party {
	struct str name, email, url;
	bool is_person;
};

/* Whose the image is: every document says it, none has it as a constant. */
struct sbom_project {
	struct str name;     /* "keelson": as packages have it */
	struct str title;    /* "Keelson": for people */
	struct str supplier; /* of what is shipped, as SPDX 2.3 7.5 writes it:
				"Organization: Keelson" or "Person: Ann" */
	struct str creator;  /* of the documents, in the same form */
	struct str version;  /* "0.1.0" */
	struct str licence;  /* of its own files, an SPDX expression */
	struct str url;      /* of its page; or empty, as all below */
	struct str email;    /* where the creator of documents is reached */
	struct str source;   /* URL of its repository */
	struct str revision; /* of the source that was built */
	struct str security; /* URL of its security.txt (RFC 9116) */
};

/* Where a file of an image came from. */
enum sbom_origin {
	SBOM_PROGRAM,  /* built here; name: "criu"; found by its SHA-256 */
	SBOM_PINNED,   /* taken from a file of the lock; name: its pool path
			  or base name, "ca-certificates_2025.1_all.deb" */
	SBOM_SKELETON, /* a file of this repository; name: its path from the
			  project root, "rootfs/skel/etc/passwd" */
	SBOM_MADE,     /* written by the assembler; name: from what, as a
			  phrase for people */
	SBOM_UNTRACED, /* a program that the definition admits by name without
			  evidence of its build, which each document says;
			  name: as of a PROGRAM */
};

/*
 * One entry of the image's tree.  Views stay the caller's.  Directories are
 * accepted and ignored, because SPDX describes files only: regular files need
 * both digests, symbolic links need their target.
 */
struct sbom_file {
	struct str path;   /* "usr/bin/criu": no slash at either end */
	uint32_t mode;     /* type and permissions, as in st_mode */
	struct str sha256; /* 64 hex digits; empty unless a regular file */
	struct str sha1;   /* 40 hex digits (lib/arc/sha1.h); likewise */
	struct str target; /* of a symbolic link */
	enum sbom_origin origin;
	struct str name;    /* of the origin, see enum sbom_origin */
	const char *place;  /* of a PROGRAM: the file that it is read from */
	struct str bytes;   /* or these, which were read already */
	struct str how;     /* of a PINNED one, when its bytes were changed:
			       "joined from 3 files of /usr/share/x" */
	struct str licence; /* SPDX expression; empty: a PINNED one has its
			       package's, an UNTRACED
			       one none that is known, others the project's
			       own */
};

struct lock;
struct evidence;

struct sbom_request {
	const struct sbom_project *project;
	const char *image;   /* "checkpoint-agent" */
	bool is_program;     /* it is about one program, not about an image */
	const char *version; /* of the image, its tag: "0.1.0" */
	const char *arch;    /* "amd64", "arm64", as Debian and OCI say */
	int64_t created;     /* seconds since 1970: SOURCE_DATE_EPOCH */
	const char *self;    /* path of this SBOM in the image, no slash in
				front; NULL when it will not be there */
	const struct sbom_file *files; /* in any order */
	size_t n_files;
	/* Paths, absolute or relative to the working directory; NULL means
	   the default below root. */
	const char *root;     /* project root; NULL: "." */
	const char *lock;     /* NULL: static-build/sources.lock */
	const char *evidence; /* NULL: build/evidence */
	const char *packages; /* unpacked binary packages; NULL:
				 build/work/packages */
	/* Opened before, instead of the two paths; the caller's.  Both or
	   none. */
	const struct lock *opened_lock;
	const struct evidence *opened_evidence;
};

#endif
