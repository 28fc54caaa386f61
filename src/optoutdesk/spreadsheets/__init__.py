"""Reading and writing tables: text (csv, tsv, txt) and workbooks (xlsx, xls, ods), and what they look like inside."""
