/*
 * version - of this project: what --version prints, the tag of the images,
 * the version in their SBOMs.  One place, so that they can't differ.
 */
#ifndef KEELSON_BASE_VERSION_H
#define KEELSON_BASE_VERSION_H

#define KEELSON_VERSION "0.1.0"

#endif
