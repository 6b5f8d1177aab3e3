/*
 * name - which tool is meant by the name of a program: compilers and binutils
 * have the same names with a target in front and a version behind, as in
 * "aarch64-linux-gnu-g++-12".
 */
#ifndef KEELSON_RECORD_NAME_H
#define KEELSON_RECORD_NAME_H

/* The plain name, "g++", one of a list that ends with NULL; else NULL. */
const char *name_plain(const char *name, const char *const *known);

#endif
