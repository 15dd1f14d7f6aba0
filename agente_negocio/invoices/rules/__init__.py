"""What the invoice feature decides, without any framework: arithmetic, costs, matches, what blocks."""
