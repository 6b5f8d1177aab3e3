/*
 * index_make - an index in the making: package by package, file by file.
 *
 * Files of a package may come in any order.  A top directory that all of them
 * share, as archives of releases have it, is taken off; empty files say
 * nothing and are left out; of two with one path the last counts.
 */
#ifndef KEELSON_SBOM_INDEX_INDEX_MAKE_H
#define KEELSON_SBOM_INDEX_INDEX_MAKE_H

#include "sbom/index/file_index.h"

struct index_maker {
	struct arena *arena;
	struct file_index index;
	struct indexed_file *files; /* of the package being made */
	size_t n, room;
};

/* Add a file of the package; what is no path below its top is left out. */
int index_make_add(struct index_maker *k, struct str path, struct str bytes,
	struct err *e);

/* The package is complete; its first and n are filled in. 0 or -1. */
int index_make_package(
	struct index_maker *k, struct indexed_package p, struct err *e);

/* Bring packages into order: by name, version and archive. 0 or -1. */
int index_make_order(struct index_maker *k, struct err *e);

#endif
