/*
 * shipping - what push, pull and copy have in common: options, the two ends of
 * a transfer, and what is printed at its end.
 */
#ifndef KEELSON_IMAGES_CMD_SHIPPING_H
#define KEELSON_IMAGES_CMD_SHIPPING_H

#include "images/ship/from_layout.h"
#include "images/ship/from_registry.h"
#include "images/ship/registry.h"
#include "images/ship/to_archive.h"
#include "images/ship/to_layout.h"
#include "images/ship/to_registry.h"
#include "images/ship/transfer.h"
#include "lib/base/args.h"

/* The values of SHIPPING_OPTIONS; a program runs one command. */
struct shipping_values {
	struct registry_options registry;
	bool wants_json, is_quiet;
};
extern struct shipping_values shipping_values;

/* clang-format off */
#define SHIPPING_OPTIONS \
	{.name = "ca-file", .type = ARGS_TEXT, \
		.value = &shipping_values.registry.ca_file, .meta = "FILE", \
		.help = "trust these authorities too, beside the system's"}, \
	{.name = "auth-file", .type = ARGS_TEXT, \
		.value = &shipping_values.registry.auth_file, .meta = "FILE", \
		.help = "take logins from this file, written as docker's " \
			"config.json"}, \
	{.name = "plain-http", .type = ARGS_LIST, \
		.value = &shipping_values.registry.plain, \
		.meta = "HOST[:PORT]", \
		.help = "speak to this registry without TLS"}, \
	{.name = "quiet", .letter = 'q', .type = ARGS_SWITCH, \
		.value = &shipping_values.is_quiet, \
		.help = "say nothing until it is done"}, \
	{.name = "json", .type = ARGS_SWITCH, \
		.value = &shipping_values.wants_json, \
		.help = "print what was done as one JSON object"}
/* clang-format on */

#define SHIPPING_TEXT                                                          \
	"REF is HOST[:PORT]/NAME:TAG or @sha256:DIGEST. What refers to the "   \
	"image, such as its SBOM and signatures, goes with it, and what "      \
	"cosign keeps under the tags sha256-DIGEST.sig and .att. Logins are "  \
	"those of docker login and podman login. A registry on this machine "  \
	"may speak plain http; others need --plain-http for that."

/* From one end to the other: a layout or a registry each. */
struct shipping {
	/* set by the command */
	const char *from_layout; /* LAYOUT or LAYOUT:TAG; or NULL and: */
	struct reference from_ref;
	const char *to_layout;         /* a new directory; or NULL and: */
	struct to_archive *to_archive; /* the caller's; or NULL and: */
	struct reference to_ref;
	const char *mount_from; /* a repository of the same registry; or NULL */
	bool is_alone;          /* without what refers to the image */
};

/* Carry the image, print the result. Returns the exit code. */
int shipping_run(const struct shipping *s);

/* Carry it into an archive, which stays open; nothing is printed. 0 or -1. */
int shipping_put(
	const struct shipping *s, struct transfer_sums *sums, struct err *e);

/*
 * Read the name of an image: something that is there, or REF in a registry,
 * without a tag "latest". 0 or -1.
 */
int shipping_from(const char *operand, struct shipping *s, struct err *e);

#endif
