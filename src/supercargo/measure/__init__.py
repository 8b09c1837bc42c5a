"""KPIs and the figures behind them: from a plan to numbers."""
