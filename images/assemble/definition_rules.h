/*
 * definition_rules - what single texts of a definition look like, each with the
 * pattern that the schema states for it.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_RULES_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_RULES_H

#include "rootfs/form.h"

extern const struct form_rule rule_name;       /* of an image */
extern const struct form_rule rule_path;       /* in the image: "/a/b" */
extern const struct form_rule rule_absolute;   /* "/", too */
extern const struct form_rule rule_below;      /* of the project: "a/b" */
extern const struct form_rule rule_mode;       /* "0755" */
extern const struct form_rule rule_owner;      /* "0:0", "app", "app:www" */
extern const struct form_rule rule_user;       /* "65532:65532" or "app" */
extern const struct form_rule rule_account;    /* a name in passwd(5) */
extern const struct form_rule rule_home;       /* a path in passwd(5) */
extern const struct form_rule rule_gecos;      /* a field of passwd(5) */
extern const struct form_rule rule_env;        /* a variable's name */
extern const struct form_rule rule_key;        /* of a label or annotation */
extern const struct form_rule rule_port;       /* "8080/tcp" */
extern const struct form_rule rule_signal;     /* "SIGTERM" */
extern const struct form_rule rule_duration;   /* "30s" */
extern const struct form_rule rule_licence;    /* SPDX expression */
extern const struct form_rule rule_arch;       /* "amd64", "arm64" */
extern const struct form_rule rule_none;       /* "none" */
extern const struct form_rule rule_one;        /* "one" */
extern const struct form_rule rule_content;    /* of a file */
extern const struct form_rule rule_capability; /* "net_bind_service" */
extern const struct form_rule rule_xattr;      /* "user.name" */
extern const struct form_rule rule_value;      /* of a variable */

/* ID_MAX + 1, (uid_t)-1, means "no change" to the kernel. */
#define RULE_ID_MAX 4294967294

#endif
