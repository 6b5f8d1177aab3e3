/*
 * image - CRIU's image files, as far as a person wants to look into them.
 *
 * A file begins with two magic numbers and is a row of protobuf messages,
 * each behind its length (CRIU: images, criu/include/magic.h).  Pure.
 */
#ifndef CHECKPOINT_AGENT_IMAGE_H
#define CHECKPOINT_AGENT_IMAGE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

enum image_kind {
	IMAGE_PSTREE,
	IMAGE_FILES,
	IMAGE_CORE,
	IMAGE_IDS,
	IMAGE_FDINFO,
	IMAGE_FS,
	IMAGE_MM,
	IMAGE_MEMFD,
	IMAGE_PAGEMAP_SHMEM,
	IMAGE_PAGEMAP,
	IMAGE_KINDS
};

/*
 * What kind a file name such as "fdinfo-2.img" stands for, and its number (0
 * without one).  False: none of these.
 */
bool image_of_name(struct str name, enum image_kind *kind, uint32_t *number);

/* Step over the magic numbers, which must be this kind's. 0 or -1. */
int image_open(struct str *bytes, enum image_kind kind, struct err *e);

/* 1: *message is the next one; 0: the end; -1: ERR_INPUT. */
int image_next(struct str *bytes, struct str *message, struct err *e);

/* Whether these bytes of inventory.img say that connections were left out. */
bool image_closes_tcp(struct str inventory);

struct image_process {
	uint32_t pid, ppid;
	uint32_t threads;
};
struct image_process image_process(struct str message);

/* The command name in a core message, the table of files in an ids one. */
struct str image_command(struct str message);
uint32_t image_files_id(struct str message);

/* The root directory in an fs message: the id of a file. */
uint32_t image_fs_root(struct str message);

struct image_fd {
	uint32_t id; /* of the file */
	uint32_t fd;
};
struct image_fd image_fd(struct str message);

/*
 * What an entry of files.img is, for people: its id, and a text such as
 * "/data/count", "tcp 127.0.0.1:80 127.0.0.1:4321", "unix @name", "pipe".
 */
uint32_t image_file_id(struct str message);
void image_put_file(struct buf *b, struct str message);
/* Its type and permissions, 0 when it does not say. */
uint32_t image_file_mode(struct str message);

/* The head of a pagemap: the number of the pages-N.img it is about. */
uint32_t image_pages_id(struct str message);

/* A run of pages in an address space; those present follow each other in
   the image of pages, those inherited are in the dump before. */
struct image_pages {
	uint64_t address;
	uint64_t pages;
	bool is_present;
	bool is_inherited;
};
struct image_pages image_pages(struct str message);

/* vma_entry (vma.proto), status as CRIU's image.h has it. */
enum {
	IMAGE_AREA_STACK = 1 << 1,
	IMAGE_AREA_VDSO = 1 << 3,
	IMAGE_AREA_HEAP = 1 << 5,
	IMAGE_AREA_FILE_PRIVATE = 1 << 6,
	IMAGE_AREA_FILE_SHARED = 1 << 7,
	IMAGE_AREA_ANON_SHARED = 1 << 8,
	IMAGE_AREA_VVAR = 1 << 12,
	IMAGE_AREA_MEMFD = 1 << 14,
};
struct image_area {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* in the file or shared memory, bytes */
	uint64_t id;         /* of the file or the shared memory */
	uint32_t prot;       /* PROT_ */
	uint32_t flags;      /* MAP_ */
	uint32_t status;
};
/* Take the next area of an mm message. 1: *a; 0: no more; -1. */
int image_next_area(struct str *mm, struct image_area *a);

/*
 * Shared memory is a memfd in CRIU's newer images: the inode that an entry of
 * files.img is about (false: it is no memfd), and an entry of memfd.img.
 */
bool image_file_memfd(struct str message, uint32_t *inode);
struct image_memfd {
	uint32_t inode;
	uint32_t shmid;
};
struct image_memfd image_memfd(struct str message);

#endif
