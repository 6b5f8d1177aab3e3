/*
 * configfile - a KubeletConfiguration-style YAML file sets options.
 *
 * A field has the kubelet's name and sets the option of the same meaning;
 * what is ours stands below "checkpointAgent".  Fields and feature gates of
 * the kubelet that mean nothing here are named in a warning and left alone,
 * so that a node's own file can be given; nothing is passed over in silence.
 */
#ifndef CHECKPOINT_AGENT_CONFIGFILE_H
#define CHECKPOINT_AGENT_CONFIGFILE_H

#include "lib/base/err.h"

/*
 * Set the options of config_options that the command line did not give, and
 * the feature gates.  0 or -1, which names file, line and field.
 */
int configfile_read(const char *path, struct err *e);

#endif
