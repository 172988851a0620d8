/// What SQLite offers by functions with variable arguments, which Swift can't call.
#pragma once

struct sqlite3;

/// Lets a connection run no trigger and no view, trust nothing in the schema, take no quoted word for a text, and
/// refuse statements that could damage the file. Returns SQLite's code.
int reconcile_distrust(struct sqlite3 *connection);
