#include "CDatabase.h"

#include <sqlite3.h>
#include <stddef.h>

int reconcile_distrust(sqlite3 *connection) {
    static const struct { int name, value; } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0}, {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        int code = sqlite3_db_config(connection, settings[i].name, settings[i].value, NULL);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}
