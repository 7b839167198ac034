module postroom

go 1.26
